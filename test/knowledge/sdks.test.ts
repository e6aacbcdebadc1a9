/**
 * Every provider's usual calls, through the engine: instructions with user input reach the model, and its text reaches the
 * client. A row is what a program imports, and what its route does with `text` (user input joined to instructions).
 */
import { describe, expect, it } from "vitest";
import { createTestEngine, testPath } from "../support/engine.js";

/** Where the joined text goes: an error for system slots and single prompt texts, a warning for the user's slot. */
type Slot = "system" | "user" | "only";

const rows: [name: string, slot: Slot, imports: string, body: string][] = [
  [
    "openai chat, system",
    "system",
    "from openai import OpenAI\nclient = OpenAI()",
    `r = client.chat.completions.create(model="m", messages=[{"role": "system", "content": text}, {"role": "user", "content": "hi"}])
    return r.choices[0].message.content`,
  ],
  [
    "openai chat, user",
    "user",
    "import openai",
    `r = openai.chat.completions.create(model="m", messages=[{"role": "system", "content": "Be kind."}, {"role": "user", "content": text}])
    return {"a": r.choices[0].message.content}`,
  ],
  [
    "openai azure, async",
    "system",
    "from openai import AsyncAzureOpenAI\nclient = AsyncAzureOpenAI(azure_endpoint='https://x')",
    `r = await client.chat.completions.create(model="m", messages=[{"role": "developer", "content": text}])
    return r.choices[0].message.content`,
  ],
  [
    "openai chat, stream",
    "system",
    "from openai import OpenAI\nclient = OpenAI()",
    `def go():
        for chunk in client.chat.completions.create(model="m", stream=True, messages=[{"role": "system", "content": text}]):
            yield chunk.choices[0].delta.content
    return Response(go())`,
  ],
  [
    "openai responses",
    "system",
    "from openai import OpenAI\nclient = OpenAI()",
    `r = client.responses.create(model="m", instructions=text, input="hi")
    return r.output_text`,
  ],
  [
    "openai responses, one text",
    "only",
    "from openai import OpenAI\nclient = OpenAI()",
    `r = client.responses.create(model="m", input=[{"role": "system", "content": text}])
    return r.output[0].content[0].text`,
  ],
  [
    "openai completions",
    "only",
    "from openai import OpenAI\nclient = OpenAI()",
    `r = client.completions.create(model="m", prompt=text)
    return r.choices[0].text`,
  ],
  [
    "openai v0 completion",
    "only",
    "import openai",
    `r = openai.Completion.create(engine="m", prompt=text)
    return r.choices[0].text.strip()`,
  ],
  [
    "openai v0 chat",
    "system",
    "import openai",
    `r = openai.ChatCompletion.create(model="m", messages=[{"role": "system", "content": text}])
    return r["choices"][0]["message"]["content"]`,
  ],
  [
    "anthropic",
    "system",
    "import anthropic\nclient = anthropic.Anthropic()",
    `r = client.messages.create(model="m", max_tokens=9, system=text, messages=[{"role": "user", "content": "hi"}])
    return r.content[0].text`,
  ],
  [
    "anthropic, stream",
    "system",
    "from anthropic import Anthropic",
    `with Anthropic().messages.stream(model="m", max_tokens=9, system=text, messages=[]) as s:
        return s.get_final_text()`,
  ],
  [
    "litellm",
    "system",
    "from litellm import completion",
    `r = completion(model="m", messages=[{"role": "system", "content": text}])
    return r.choices[0].message.content`,
  ],
  [
    "google-genai",
    "user",
    "from google import genai\nclient = genai.Client()",
    `r = client.models.generate_content(model="m", contents=text)
    return r.text`,
  ],
  [
    "google-genai, system",
    "system",
    "from google import genai\nfrom google.genai import types\nclient = genai.Client()",
    `r = client.models.generate_content(model="m", contents="hi", config=types.GenerateContentConfig(system_instruction=text))
    return r.text`,
  ],
  [
    "google.generativeai",
    "user",
    "import google.generativeai as genai\nmodel = genai.GenerativeModel('m')",
    `return model.generate_content(text).text`,
  ],
  [
    "google.generativeai, chat",
    "user",
    "import google.generativeai as genai",
    `chat = genai.GenerativeModel("m").start_chat(history=[])
    return chat.send_message(text).text`,
  ],
  [
    "google.generativeai, system",
    "system",
    "import google.generativeai as genai",
    `m = genai.GenerativeModel("m", system_instruction=text)
    return m.generate_content("hi").text`,
  ],
  [
    "bedrock converse",
    "system",
    "import boto3\nclient = boto3.client('bedrock-runtime')",
    `r = client.converse(modelId="m", system=[{"text": text}], messages=[{"role": "user", "content": [{"text": "hi"}]}])
    return r["output"]["message"]["content"][0]["text"]`,
  ],
  ["cohere v1", "system", "import cohere\nco = cohere.Client()", `return co.chat(message="hi", preamble=text).text`],
  [
    "cohere v2",
    "system",
    "import cohere\nco = cohere.ClientV2()",
    `r = co.chat(model="m", messages=[{"role": "system", "content": text}])
    return r.message.content[0].text`,
  ],
  [
    "mistral",
    "system",
    "from mistralai import Mistral\nclient = Mistral(api_key=K)",
    `r = client.chat.complete(model="m", messages=[{"role": "system", "content": text}])
    return r.choices[0].message.content`,
  ],
  [
    "groq",
    "system",
    "from groq import Groq",
    `r = Groq().chat.completions.create(model="m", messages=[{"role": "system", "content": text}])
    return r.choices[0].message.content`,
  ],
  [
    "together",
    "system",
    "from together import Together",
    `r = Together().chat.completions.create(model="m", messages=[{"role": "system", "content": text}])
    return r.choices[0].message.content`,
  ],
  [
    "ollama",
    "system",
    "import ollama",
    `r = ollama.chat(model="m", messages=[{"role": "system", "content": text}])
    return r["message"]["content"]`,
  ],
  ["ollama generate", "user", "import ollama", `return ollama.generate(model="m", prompt=text)["response"]`],
  [
    "huggingface_hub",
    "system",
    "from huggingface_hub import InferenceClient\nclient = InferenceClient()",
    `r = client.chat_completion(messages=[{"role": "system", "content": text}])
    return r.choices[0].message.content`,
  ],
  [
    "huggingface text_generation",
    "only",
    "from huggingface_hub import InferenceClient\nclient = InferenceClient()",
    `return client.text_generation(text)`,
  ],
  [
    "transformers",
    "user",
    "from transformers import pipeline\npipe = pipeline('text-generation')",
    `return pipe(text)[0]["generated_text"]`,
  ],
  ["vllm", "only", "from vllm import LLM\nengine = LLM('m')", `return engine.generate([text])[0].outputs[0].text`],
  [
    "langchain chat model",
    "user",
    "from langchain_openai import ChatOpenAI\nllm = ChatOpenAI()",
    `return llm.invoke(text).content`,
  ],
  [
    "langchain messages",
    "system",
    "from langchain_anthropic import ChatAnthropic\nfrom langchain_core.messages import SystemMessage, HumanMessage",
    `r = ChatAnthropic().invoke([SystemMessage(content=text), HumanMessage("hi")])
    return r.content`,
  ],
  [
    "langchain, called itself",
    "system",
    "from langchain.chat_models import ChatOpenAI\nfrom langchain.schema import SystemMessage\nchat = ChatOpenAI()",
    `return chat([SystemMessage(content=text)]).content`,
  ],
  ["langchain LLM", "only", "from langchain_community.llms import Ollama", `return Ollama().invoke(text)`],
  [
    "langchain stream",
    "user",
    "from langchain_openai import ChatOpenAI\nllm = ChatOpenAI()",
    `def go():
        for c in llm.stream(text):
            yield c.content
    return Response(go())`,
  ],
  [
    "langchain create_agent",
    "system",
    "from langchain.agents import create_agent",
    `agent = create_agent("m", tools=[], system_prompt=text)
    return agent.invoke({"messages": []})["messages"][-1].content`,
  ],
  [
    "llama-index complete",
    "user",
    "from llama_index.llms.openai import OpenAI\nllm = OpenAI()",
    `return llm.complete(text).text`,
  ],
  [
    "llama-index query engine",
    "user",
    "from llama_index.core import VectorStoreIndex",
    `return str(VectorStoreIndex.from_documents([]).as_query_engine().query(text))`,
  ],
  [
    "openai-agents",
    "system",
    "from agents import Agent, Runner",
    `a = Agent(name="a", instructions=text)
    return Runner.run_sync(a, "hi").final_output`,
  ],
  [
    "pydantic-ai",
    "system",
    "from pydantic_ai import Agent",
    `a = Agent("m", system_prompt=text)
    return a.run_sync("hi").output`,
  ],
  [
    "crewai",
    "system",
    "from crewai import Agent, Crew, Task",
    `t = Task(description=text, expected_output="x")
    return Crew(agents=[], tasks=[t]).kickoff().raw`,
  ],
  [
    "azure inference",
    "system",
    "from azure.ai.inference import ChatCompletionsClient\nfrom azure.ai.inference.models import SystemMessage",
    `r = ChatCompletionsClient(endpoint="https://x").complete(messages=[SystemMessage(text)])
    return r.choices[0].message.content`,
  ],
  [
    "raw post",
    "system",
    "import requests",
    `r = requests.post("https://api.openai.com/v1/chat/completions", json={"model": "m", "messages": [{"role": "system", "content": text}]})
    return r.json()["choices"][0]["message"]["content"]`,
  ],
  [
    "xai, a chat that grows",
    "system",
    "from xai_sdk import Client\nfrom xai_sdk.chat import system, user",
    `chat = Client().chat.create(model="grok-4")
    chat.append(system(text))
    chat.append(user("hi"))
    return chat.sample().content`,
  ],
  [
    "xai, async stream",
    "user",
    "from xai_sdk import AsyncClient\nfrom xai_sdk.chat import system, user",
    `chat = AsyncClient().chat.create(model="grok-4", messages=[system("Be kind."), user(text)])
    parts = [chunk.content async for response, chunk in chat.stream()]
    await chat.sample()
    return "".join(parts)`,
  ],
  [
    "dspy, the model itself",
    "only",
    "import dspy",
    `lm = dspy.LM("openai/gpt-4o-mini")
    return lm(text)[0]`,
  ],
  [
    "dspy, a signature's instructions",
    "system",
    "import dspy",
    `program = dspy.ChainOfThought(dspy.Signature("question -> answer", instructions=text))
    return program(question="Why?").answer`,
  ],
  ["dspy, an input", "user", "import dspy", `return dspy.Predict("question -> answer")(question=text).answer`],
  ["a wrapper by its name", "user", "from helpers import call_llm", `return call_llm(text)`],
];

function program(imports: string, body: string): string {
  return `from flask import Flask, Response, request
${imports}

app = Flask(__name__)

@app.post("/ask")
${/\bawait\b/.test(body) ? "async " : ""}def ask():
    text = f"You are a helper of {request.json['who']}. Answer in French."
    ${body}
`;
}

describe("providers", () => {
  it.each(rows)("%s", async (_name, slot, imports, body) => {
    const engine = await createTestEngine({ "app.py": program(imports, body) });
    const found = engine.findings(testPath("app.py"));
    engine.dispose();
    const input = found.find((f) => f.rule === "user-input-in-prompt");
    expect(input?.level).toBe(slot === "user" ? "warning" : "error");
    expect(found.map((f) => f.rule)).toContain("raw-llm-output");
  });

  it("bedrock invoke_model takes and answers JSON in its maker's form", async () => {
    const body = `r = client.invoke_model(modelId="m", body=json.dumps({"prompt": text}))
    return json.loads(r["body"].read())["completion"]`;
    const engine = await createTestEngine({
      "app.py": program("import boto3\nimport json\nclient = boto3.client('bedrock-runtime')", body),
    });
    const rules = engine.findings(testPath("app.py")).map((f) => f.rule);
    engine.dispose();
    expect(rules).toEqual([
      "unauthenticated-llm-route",
      "unvalidated-prompt-input",
      "user-input-in-prompt",
      "raw-llm-output",
    ]);
  });
});
