#%% a line of its own
from openai import OpenAI

client = OpenAI(timeout=10)


def explain(job):
    try:
        job()
    except ValueError as e:
        prompt = f"Tell the user that the job failed.\nError: {e}\nBe kind."
        return client.responses.create(model="m", max_output_tokens=9, input=prompt)

#%% fixed
from openai import OpenAI

client = OpenAI(timeout=10)


def explain(job):
    try:
        job()
    except ValueError as e:
        prompt = f"Tell the user that the job failed.\nBe kind."
        return client.responses.create(model="m", max_output_tokens=9, input=prompt)

#%% a trace at the end
import traceback

from openai import OpenAI

client = OpenAI(timeout=10)


def explain(job):
    try:
        job()
    except ValueError:
        prompt = f"Tell the user that the job failed.\nTraceback: {traceback.format_exc()}"
        return client.responses.create(model="m", max_output_tokens=9, input=prompt)

#%% fixed
import traceback

from openai import OpenAI

client = OpenAI(timeout=10)


def explain(job):
    try:
        job()
    except ValueError:
        prompt = f"Tell the user that the job failed."
        return client.responses.create(model="m", max_output_tokens=9, input=prompt)

#%% in brackets
from openai import OpenAI

client = OpenAI(timeout=10)


def explain(job):
    try:
        job()
    except ValueError as e:
        prompt = f"The job failed (error: {e}). Say sorry."
        return client.responses.create(model="m", max_output_tokens=9, input=prompt)

#%% fixed
from openai import OpenAI

client = OpenAI(timeout=10)


def explain(job):
    try:
        job()
    except ValueError as e:
        prompt = f"The job failed. Say sorry."
        return client.responses.create(model="m", max_output_tokens=9, input=prompt)

#%% none: what the sentence is about
from openai import OpenAI

client = OpenAI(timeout=10)


def explain(job):
    try:
        job()
    except ValueError as e:
        return client.responses.create(model="m", max_output_tokens=9, input=f"Explain why {e} happened to a child.")

#%% none: the exception alone
from openai import OpenAI

client = OpenAI(timeout=10)


def explain(job):
    try:
        job()
    except ValueError as e:
        return client.responses.create(model="m", max_output_tokens=9, instructions="Explain.", input=str(e))
