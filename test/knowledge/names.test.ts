/** What names of functions and variables say about models, prompts and cleaning. */
import { describe, expect, it } from "vitest";
import { looksLikeLlmName, looksLikePromptName } from "../../server/analysis/names/prompt-names.js";
import { looksLikeSanitiserName, redactsData } from "../../server/analysis/names/sanitisers.js";

const list = (text: string): string[] => text.trim().split(/\s+/);

describe("functions that call a model", () => {
  it.each(
    list(`call_llm ask_gpt call_llm_with_safety_checks llm_client.complete generate_with_claude query_model chat_completion get_ai_response
      call_openai callOpenAI askGPT ask_claude query_llm invoke_llm run_llm llm_call llm_complete llm_generate llm gpt chatgpt get_llm_response
      generate_gpt_response get_gpt_answer ask_chatgpt openai_chat openai_completion call_gpt4 send_to_llm send_to_openai summarize_with_gpt
      analyze_with_ai call_model ask_model invoke_model prompt_model get_completion create_chat_completion get_chat_response generate_ai_response
      get_ai_answer ask_ai query_ai call_ai ask_assistant chat_with_gpt chat_with_bot llm.generate llm.invoke self.llm.predict self.llm_client.chat openai_client.generate_text
      gpt.ask claude.complete model.generate_content ai.chat ai_client.generate_response call_gemini ollama_generate get_bedrock_response
      stream_llm_response run_prompt _call_llm __ask_llm acall_llm llm_service.generate_response chat_model.invoke language_model.predict
      self._llm.complete get_model_response get_claude_response extract_with_llm`),
  )("%s", (name) => {
    expect(looksLikeLlmName(name)).toBe(true);
  });

  it.each(
    list(`call_later llm_config model.save complete_task get_llm create_llm get_openai_client init_llm setup_gpt llm_model llm_name LLMChain OpenAIClient
      LLM GPT count_tokens llm_cost log_llm_call llm_history parse_llm_response format_llm_output validate_llm_response build_llm_prompt load_model train_model save_model
      model.fit model.predict model.objects query query.all db.query session.query client.get ask answer chat send_message call invoke run complete generate generate_report
      generate_password generate_token create_user get_response response get_model get_model_name list_models llm_settings is_llm_available test_llm delete_llm
      openai_api_key get_api_key llm_prompt agent.run agent.save user_agent route_ai completion_percentage complete_order chatroom email_bot.send
      handle_llm_error on_llm_start get_agent_name detail model_dump get_object bot.run update_model`),
  )("%s is another", (name) => {
    expect(looksLikeLlmName(name)).toBe(false);
  });
});

describe("variables that hold instructions", () => {
  it.each(
    list(`system_prompt SYSTEM_PROMPT systemPrompt instructions INSTRUCTIONS PROMPT PROMPTS template TEMPLATE prompt_template PROMPT_TEMPLATE QA_TEMPLATE base_prompt
      initial_prompt default_prompt self.instructions sys_prompt system_message system_content system preamble SUMMARY_PROMPT summary_prompt user_prompt_template
      developer_message agent_instructions persona`),
  )("%s", (name) => {
    expect(looksLikePromptName(name)).toBe(true);
  });

  it.each(
    list(`prompt user_prompt USER_PROMPT text question prompt_tokens prompt_id prompt_name prompt_length prompt_path PROMPT_FILE email_template EMAIL_TEMPLATE message content
      HTML_TEMPLATE input_prompt templates system_id operating_system prompt_response negative_prompt`),
  )("%s does not", (name) => {
    expect(looksLikePromptName(name)).toBe(false);
  });
});

describe("functions that clean", () => {
  it.each(
    list(`redact redact_pii redactPII mask_email mask_pii anonymize anonymise_text anonymizer.anonymize scrub scrub_output sanitize sanitize_for_llm sanitize_output
      sanitise_prompt remove_pii strip_secrets filter_sensitive_data deidentify de_identify clean_pii pseudonymize hide_personal_data _redact sanitize_llm_input
      safe_redact text_redactor`),
  )("%s redacts", (name) => {
    expect(looksLikeSanitiserName(name)).toEqual({ kind: "redact" });
  });

  it.each(
    list(`contains_pii has_pii detect_pii is_sensitive contains_secrets contains_sensitive_data is_injection is_prompt_injection detect_injection is_malicious is_flagged
      is_unsafe check_pii check_for_secrets has_credentials is_toxic violates_policy fails_moderation moderate_text find_leaks containsPII`),
  )("%s says true when unsafe", (name) => {
    expect(looksLikeSanitiserName(name)).toEqual({ kind: "guard", unsafeWhen: true });
  });

  it.each(
    list(
      "is_safe is_clean is_safe_output check_safety passes_moderation is_allowed is_not_malicious safe_to_send isSafe is_appropriate",
    ),
  )("%s says true when safe", (name) => {
    expect(looksLikeSanitiserName(name)).toEqual({ kind: "guard", unsafeWhen: false });
  });

  it.each(
    list(`sanitize_filename sanitize_url sanitize_sql strip clean clean_text filter mask mask_token attention_mask mask_image is_safe_url is_valid has_email check_password
      remove_file filter_users process_text validate format_output get_redacted is_redacted detect_language find_user check_status block_user unmask`),
  )("%s does nothing of the kind", (name) => {
    expect(looksLikeSanitiserName(name)).toBeUndefined();
  });
});

describe("regular expressions that look for data", () => {
  it.each([
    undefined,
    "\\b\\d{3}-\\d{2}-\\d{4}\\b",
    "[\\w.+-]+@[\\w-]+\\.[\\w.]+",
    "[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Z|a-z]{2,}",
    "(?i)(password|secret|token)\\s*[:=]\\s*\\S+",
    "sk-[a-zA-Z0-9]+",
    "AKIA[0-9A-Z]{16}",
    "(?:\\d[ -]*?){13,16}",
    "https?://internal\\S*",
    "system prompt:.*",
    "(\\d{4})[ -]?(\\d{4})",
    "[^0-9]",
    "[^a-zA-Z0-9_]",
  ])("%s does", (pattern) => {
    expect(redactsData(pattern)).toBe(true);
  });

  it.each([
    "\\s+",
    " +",
    "\\n{2,}",
    "<[^>]+>",
    "[^\\w\\s]",
    "```(?:json)?",
    "\\*\\*",
    "^#+\\s",
    "\\[\\d+\\]",
    "^\\d+\\.\\s*",
    "[\\r\\n\\t]",
    "^\\s*[-*]\\s",
    "\\[([0-9]+)\\]",
    "\\[(?:\\d+)\\]",
    "\\[doc(\\d+)\\]",
    "【\\d+:\\d+†source】",
    "(\\d+)\\.\\s+",
    "[^a-zA-Z0-9\\s]",
    "[^A-Za-z0-9 .,!?]+",
  ])("%s does not", (pattern) => {
    expect(redactsData(pattern)).toBe(false);
  });
});
