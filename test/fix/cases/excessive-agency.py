#%% a keyword
from langchain_experimental.agents import create_pandas_dataframe_agent
from langchain_openai import ChatOpenAI

llm = ChatOpenAI(model="m", max_tokens=9, timeout=10)


def agent(frame):
    return create_pandas_dataframe_agent(llm, frame, verbose=True, allow_dangerous_code=True)

#%% fixed
from langchain_experimental.agents import create_pandas_dataframe_agent
from langchain_openai import ChatOpenAI

llm = ChatOpenAI(model="m", max_tokens=9, timeout=10)


def agent(frame):
    return create_pandas_dataframe_agent(llm, frame, verbose=True, allow_dangerous_code=False)

#%% requests, over lines
from langchain_community.tools import RequestsGetTool
from langchain_community.utilities import TextRequestsWrapper


def tools():
    return [
        RequestsGetTool(
            requests_wrapper=TextRequestsWrapper(headers={}, allow_dangerous_requests=False),
            allow_dangerous_requests=True,
        )
    ]

#%% fixed
from langchain_community.tools import RequestsGetTool
from langchain_community.utilities import TextRequestsWrapper


def tools():
    return [
        RequestsGetTool(
            requests_wrapper=TextRequestsWrapper(headers={}, allow_dangerous_requests=False),
            allow_dangerous_requests=False,
        )
    ]

#%% a csv
from langchain_experimental.agents.agent_toolkits import create_csv_agent
from langchain_openai import ChatOpenAI

llm = ChatOpenAI(model="m", max_tokens=9, timeout=10)


def agent():
    return create_csv_agent(llm, "data.csv", allow_dangerous_code=True)

#%% fixed
from langchain_experimental.agents.agent_toolkits import create_csv_agent
from langchain_openai import ChatOpenAI

llm = ChatOpenAI(model="m", max_tokens=9, timeout=10)


def agent():
    return create_csv_agent(llm, "data.csv", allow_dangerous_code=False)

#%% none: a shell
from langchain_community.tools import ShellTool


def tools():
    return [ShellTool()]

#%% none: a python shell
from langchain_experimental.tools import PythonREPLTool


def tools():
    return [PythonREPLTool()]
