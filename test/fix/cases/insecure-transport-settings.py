#%% flask
from flask import Flask

app = Flask(__name__)
app.config["SESSION_COOKIE_SECURE"] = False

#%% fixed
from flask import Flask

app = Flask(__name__)
app.config["SESSION_COOKIE_SECURE"] = True

#%% flask, several at once
from flask import Flask

app = Flask(__name__)
app.config.update(SESSION_COOKIE_SECURE=False, SESSION_COOKIE_HTTPONLY=True)

#%% fixed
from flask import Flask

app = Flask(__name__)
app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_HTTPONLY=True)

#%% django behind a proxy
INSTALLED_APPS = ["shop"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = False
ROOT_URLCONF = "shop.urls"

#%% fixed
INSTALLED_APPS = ["shop"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_SECURE = True
ROOT_URLCONF = "shop.urls"

#%% django, one is off
INSTALLED_APPS = ["shop"]
ROOT_URLCONF = "shop.urls"
CSRF_COOKIE_SECURE = False

#%% fixed
INSTALLED_APPS = ["shop"]
ROOT_URLCONF = "shop.urls"
CSRF_COOKIE_SECURE = True

#%% none: off by a variable
from flask import Flask

app = Flask(__name__)
SECURE = False
app.config["SESSION_COOKIE_SECURE"] = SECURE

#%% none: in a conditional
INSTALLED_APPS = ["shop"]
if True:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
