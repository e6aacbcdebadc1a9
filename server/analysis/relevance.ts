/** Which files can matter at all, from their text alone. */

const WORDS =
  /openai|anthropic|langchain|llm|gpt|claude|gemini|genai|mistral|cohere|bedrock|groq|ollama|litellm|huggingface|transformers|llama|prompt|completion|chat|flask|django|fastapi|starlette|quart|ninja|rest_framework|DEBUG|debug|traceback|request/i;

/** Whether a file may hold a source, a sink, a setting or a route. Cheap; errs on the side of yes. */
export const mayMatter = (text: string): boolean => WORDS.test(text);
