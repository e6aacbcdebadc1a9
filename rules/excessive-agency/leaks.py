from langchain.agents import initialize_agent
from langchain_community.tools import ShellTool
from langchain_openai import ChatOpenAI

agent = initialize_agent([ShellTool()], ChatOpenAI())  # expect: excessive-agency
