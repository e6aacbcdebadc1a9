#%% the key of a client
from openai import OpenAI

client = OpenAI(api_key="sk-proj-Zk3mB7qXw9TdRj5vLh2NcYp8Ea6GsUfK4tJ1", timeout=10)

#%% fixed
import os
from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], timeout=10)

#%% a constant, os there
import os

from anthropic import Anthropic

ANTHROPIC_API_KEY = 'sk-ant-api03-Zk3mB7qXw9TdRj5vLh2NcYp8Ea6GsUfK4tJ1'
client = Anthropic(api_key=ANTHROPIC_API_KEY, base_url=os.environ['BASE'])

#%% fixed
import os

from anthropic import Anthropic

ANTHROPIC_API_KEY = os.environ['ANTHROPIC_API_KEY']
client = Anthropic(api_key=ANTHROPIC_API_KEY, base_url=os.environ['BASE'])

#%% the default of a lookup
import os

from openai import OpenAI

client = OpenAI(api_key=os.getenv("OPENAI_API_KEY", "sk-proj-Zk3mB7qXw9TdRj5vLh2NcYp8Ea6GsUfK4tJ1"), timeout=10)

#%% fixed
import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], timeout=10)

#%% the secret of an app
"""An app."""
from flask import Flask

app = Flask(__name__)
app.secret_key = "f3b1c9d87a6e45f2b0c1d2e3f4a5b6c7"
app.config["JWT_SECRET_KEY"] = "9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d"

#%% fixed
"""An app."""
import os
from flask import Flask

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]

#%% none: part of a text
from openai import OpenAI

client = OpenAI(api_key="sk-proj-Zk3mB7qXw9TdRj5vLh2Nc" + "Yp8Ea6GsUfK4tJ1", timeout=10)

#%% none: os is something else
from openai import OpenAI

os = "linux"
client = OpenAI(api_key="sk-proj-Zk3mB7qXw9TdRj5vLh2NcYp8Ea6GsUfK4tJ1", timeout=10)

#%% what stands in where nothing is set
import os

MONGO_URI = os.environ.get("MONGO_URI") or "mongodb+srv://diet:9838gTq7x@cluster0.r5x2deh.mongodb.net/diet"
client = MongoClient(MONGO_URI)

#%% fixed
import os

MONGO_URI = os.environ["MONGO_URI"]
client = MongoClient(MONGO_URI)
