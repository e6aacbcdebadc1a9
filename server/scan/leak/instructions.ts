/** Whether a text reads like instructions to an assistant. */

const IDENTITY =
  /(?<!\b(?:if|when|whether|unless|until|that|because|since|while|what|who|where|how|as|like|sure|so|than|think|time|people|person|but|and|or|,|the \w+|your \w+)\s{1,2})\b(you are|you're|your name is|act as|you act as|you will act|the assistant is|this assistant is|you serve as|you work (for|as))\s+(?!welcome|right|correct|not\b|looking|asking|trying|interested|free|able|talking|chatting|speaking|using|logged|(?:very|so|too|really|quite|most|always) \w+(?: to\b|[.!,])|kind\b|the best\b)/i;
const ORDER =
  /(^|[.!?:;\n•*-]\s{0,8}|\d[.)]\s{0,8})["'“]?(never(?! (?:hesitate|mind|fear|worry))|always(?! (?:happy|glad|pleased|delighted|here|welcome|available|a pleasure))|do not(?! (?:hesitate|worry))|don't(?! (?:hesitate|worry))|must|must not|(?:you|it|the assistant|this assistant|the (?:chat ?)?bot) (?:must|should|is to|does not|never|always)|you must|you should|you may|you can only|you will|only (answer|discuss|help|respond|talk|provide)|refuse|answer (only|politely|questions|in)|respond (only|in|with|politely|as)|be (polite|concise|helpful|friendly|brief|kind|professional)|keep (your|answers|replies|responses|it|this)|if (the|an?) (user|customer|caller|person|visitor|student|patient|client|\w+ (?:asks|requests|demands|insists|tries|mentions))\b|when (the|a) (user|customer)|under no circumstances|your (task|role|job|goal|purpose) is|help (users|customers|the user)|use the (tool|following)|the (secret|internal|discount|admin|api|override|access|pass ?(?:word|phrase|code)) )/gim;

/** What orders to an assistant are about, and rules for people are not. */
const TO_AN_ASSISTANT =
  /\b(answer|respond|reply|replies|responses?|reveal|disclose|the (user|customer|caller|guest|visitor)s?|users|these instructions|assistant|chat ?bot|tone|persona|conversation)\b/i;

/** The same in German, Spanish, Portuguese, French, Italian, Dutch and Russian. */
const ELSEWHERE = {
  identity:
    /(?<!\p{L})(du bist|sie sind ein|(dein|ihr)e? (name|rolle|aufgabe) ist|eres|usted es|tu nombre es|você é|tu és|tu es|vous êtes|ton nom est|tu sei|sei (un|il|la|l['’])|jij bent|je bent|je naam is|ты [—-]|вы [—-]|твоё имя|тебя зовут|вас зовут)(?!\p{L})/iu,
  order:
    /(?:^|[.!?:;\n•*-]\s{0,8}|\d[.)]\s{0,8})["'“„«]?(?:antworte|beantworte|erwähne|verrate|nenne|sprich|gib|sei|bleib|halte|verwende|lehne|du (?:darfst|sollst|musst|kannst)|niemals|immer|(?:wenn|wer|falls) |responde|contesta|no (?:menciones|reveles|des|hables|digas|compartas)|nunca|siempre|sé |debes|si (?:el|un|la|alguien) |responda|não (?:mencione|revele|fale|dê|diga)|sempre|seja|se (?:o|um|alguém) |réponds|répondez|ne (?:mentionne|révèle|parle|donne|divulgue|dis|partage)z?|jamais|toujours|sois|soyez|tu dois|vous devez|si (?:l['’]|un|le|la) ?|rispondi|non (?:menzionare|rivelare|parlare|dire|dare)|mai|sii|devi|se (?:l['’]|un|il) ?|antwoord|beantwoord|noem|vermeld|nooit|altijd|wees|je (?:mag|moet)|als (?:de|een|iemand) |отвечай|никогда не|не (?:упоминай|раскрывай|говори|называй|давай)|всегда|будь|если |ты должен|вы должны)/gimu,
  assistant:
    /(?<!\p{L})(antworte|beantworte|nutzer|benutzer|responde|contesta|usuario|responda|usuário|réponds|répondez|utilisateur|rispondi|utente|antwoord|beantwoord|gebruiker|отвечай|пользовател|assistent|asistente|assistant|assistente|помощник|ассистент)/iu,
};

/** The same in Chinese, Japanese, Korean and Arabic, whose words do not end where a space is. */
const FURTHER = {
  identity:
    /[你您](?:是|叫|将扮演|扮演)[^。！？\n]{0,40}?(?:助手|助理|机器人|客服|顾问|专家|模型|人工智能|代理)|あなたは[^。\n]{2,60}?(?:アシスタント|ボット|助手|担当|案内係|エージェント|モデル|AI)|당신은 [^.\n]{2,60}?(?:어시스턴트|도우미|챗봇|상담원|비서|모델)|(?<!\p{L})أنت[َِ]? \p{L}+[^.\n]{0,60}?(?:مساعد|وكيل|روبوت|نموذج)/u,
  order:
    /(?<=^|[。！？；：，、.,;:!?\n）)”"]\s{0,4}|\d[.)、]\s{0,4})["“「]?(?:请?[只仅](?:能|可|需|回答|讨论|提供|谈)|切勿|[绝决]不|绝对不|不要(?!担心|着急|犹豫|客气|紧张)|不得|不可|禁止|请勿|永远不|必须|务必|始终|总是|拒绝|如果(?:用户|客户|顾客|访客|有人|乘客|患者|学生)|当(?:用户|客户|顾客))|ないでください|てはいけません|てはなりません|決して[^。\n]{2,40}?(?:ない|ません)|(?:のみ|だけ)に?(?:答え|回答)|(?:常に|必ず)[^。\n]{2,40}?(?:てください|こと)|(?:ユーザー|お客様|利用者)が[^。\n]{1,30}?(?:場合|たら)|(?:하지|말하지|공개하지|언급하지) 마(?:세요|십시오|라)|해서는 안|절대로? [^.\n]{2,40}?(?:마|않)|(?:에 대해서?만|에만|질문에만) (?:답|대답)|(?:사용자|고객)(?:가|이) [^.\n]{1,40}?(?:면|경우)|(?<=^|[.!؟،؛\n]\s{0,4})و?(?:لا ت(?!تردد|قلق)\p{L}+|أجب(?:ي)? فقط|يجب (?:عليك|أن)|إذا (?:طلب|سأل)|دائم[اً]+|أبد[اً]+ لا)/gmu,
  assistant: /用户|客户|助手|助理|乘客|顾客|アシスタント|ユーザー|お客様|어시스턴트|사용자|고객|도우미|المستخدم|مساعد/u,
};

/** An assistant that is spoken of by its name: "Wren is a virtual assistant of ...", "The AI named Wren". */
const NAMED =
  /(?:^|[.!?:>\n*#]\s{0,8})(?:this (?:iteration|version) of )?(\p{Lu}[\p{L}\d-]{1,24})(?: \d[\w.]{0,8})? is (?:an?|the|now|created|developed|built|made|part of)\b[^.\n]{0,60}?\b(?:language model|(?:ai|virtual|digital|helpful|personal|chat) (?:assistant|model|agent)|assistant|chat ?bot|family of (?:\w+ )?models|model (?:by|from|family)|anthropic|openai|google)\b/gu;
/** What such an assistant is to do, or does by order. */
const BY_NAME =
  "\\s(?:should|must|may|will|can(?:not)?|never|always|only|also|does(?: not|n['’]t)|is (?:not )?(?:able|allowed|happy|to)|avoids?|answers?|responds?|uses?|tries|helps?|assists?|generates?|follows?)\\b";
/** Names that are told what to do over and over are those of assistants, but for words like these. */
const NAME_WITH_ORDERS =
  /(?<!\p{L})(\p{Lu}\p{L}{2,20}) (?:should|must|never|always|does not|doesn['’]t|cannot|can|will|avoids)\b/gu;
const NO_NAME =
  /^(?:it|he|she|they|you|we|this|that|there|these|those|people|users?|everyone|everybody|anyone|nobody|someone|what|who|which|one|nothing|something|children|parents|employees|players|students|some|others?|and|but|the)$/i;
const OFTEN = 3;
const ABOUT_AN_ASSISTANT = /\b(?:the (?:user|human|person)|assistant|ai|chat ?bots?|language model|conversation)\b/i;
/** What such an assistant does, by "it" in place of its name. */
const BY_PRONOUN =
  /(?:^|[.!?]\s+|[*•-]\s+)(?:It|He|She|They|Will) (?:will|can|should|must|does not|never|always|follow|use)\b/gm;
/** Who it is to be, with what it is: "You are a support agent", "You're the voice assistant of ...". */
const ROLE =
  /\byou(?: are|['’]re) [^.\n]{0,60}?\b(?:assistant|ai|chat ?bot|bot|(?:language )?model|agent|expert|advisor|copilot|robot)\b/i;
/** What somebody else's prompt says to a model, and no model to a person: a wish for a part that it plays, what it is to answer. */
const WISH =
  /\b(?:i (?:want|need|would like|['’]d like) you to|you (?:will|shall|should|must|are (?:only )?to|may only|can only) (?:also |only |then |never |not |always )*(?:act|reply|respond|answer|say|output|execute|translate|role-?play|behave)|your (?:only |main |core |primary |first |sole )?(?:task|role|job|goal|purpose|responsibility|objective|persona)s? (?:is|are|will be)|my first (?:request|sentence|command|question|prompt|suggestion) is)\b/gi;
/** The very words that are to be answered: 'say "Access denied"', "respond with 'No.'". */
const TO_SAY =
  /\b(?:say|says|output|print|reply|respond|return|answer|write)(?:ing|s)?(?: only| exactly| just| simply)*(?: with| by saying)?(?: only| exactly| just| simply)*:? ["'“‘`][^"”\n]{1,200}["'”’`]/gi;
/** Lines that a program puts at the head of a prompt, and the same as sentences. */
const HEAD =
  /\b(?:the current date is|today['’]s date is|knowledge (?:base )?(?:cut-?off (?:date )?is|was last updated))\b|^[ \t>*_-]*(?:knowledge (?:base )?(?:cut-?off|deadline|date)|date of knowledge|(?:current|today['’]?s?) (?:date|time)|cut-?off date|image input capabilities|personality|available tools|tools?|language|model|user location|user name)\b(?: date)?[*_]*\s*[:：]/gim;
/** How a prompt speaks of whom it is about, and a reply to that person does not. */
const THE_USER =
  /\b(?:the|each|every|any|a) (?:end[- ])?(?:user|human|customer|caller|visitor|guest|client)(?:['’]?s)?\b|\busers\b/i;
/** Signs of one kind beyond this many say nothing more. */
const MOST_ORDERS = 4;

/** What a text says of an assistant by its name: whether it says who that is, and how often what it is to do. */
function byName(text: string): { identity: boolean; orders: number } {
  const names = new Set([...text.matchAll(NAMED)].map((match) => match[1] ?? ""));
  const told = new Map<string, number>();
  for (const [, name = ""] of text.matchAll(NAME_WITH_ORDERS))
    if (!NO_NAME.test(name)) told.set(name, (told.get(name) ?? 0) + 1);
  if (ABOUT_AN_ASSISTANT.test(text)) for (const [name, times] of told) if (times >= OFTEN) names.add(name);
  names.delete("");
  if (names.size === 0) return { identity: false, orders: 0 };
  let orders = count(text, BY_PRONOUN);
  for (const name of names) orders += count(text, new RegExp(`(?<!\\p{L})${name}${BY_NAME}`, "gu"));
  return { identity: true, orders };
}

const count = (text: string, expression: RegExp): number => [...text.matchAll(expression)].length;

/** Whether one sentence is an order or a wish, to an assistant or to people. */
export function isOrder(sentence: string): boolean {
  return [ORDER, WISH, TO_SAY, ELSEWHERE.order, FURTHER.order].some((expression) => count(sentence, expression) > 0);
}

/** Whether what a text speaks of in a language other than English is answers and those who ask. */
export function isAboutAnswersElsewhere(text: string): boolean {
  return ELSEWHERE.assistant.test(text) || FURTHER.assistant.test(text);
}

/**
 * How much a text reads like orders to an assistant; from 3 on it is taken for a prompt. Orders alone, as recipes and rules
 * of a house have them, do not.
 */
export function instructionScore(text: string): number {
  const named = byName(text);
  const wishes = count(text, WISH);
  const orders = Math.max(count(text, ORDER), count(text, ELSEWHERE.order), count(text, FURTHER.order)) + named.orders;
  const identity =
    IDENTITY.test(text) || ELSEWHERE.identity.test(text) || FURTHER.identity.test(text) || named.identity ? 2 : 0;
  const labels =
    /\b(system prompt|my instructions|initial instructions|instructions (are|were|say)|i was told|i have been (told|instructed)|i['’]?m instructed)\b/i.test(
      text,
    )
      ? 1
      : 0;
  const head = Math.min(2, count(text, HEAD));
  const about = identity > 0 && (THE_USER.test(text) || ROLE.test(text)) ? 1 : 0;
  const toSay = Math.min(2, count(text, TO_SAY));
  const addressed =
    identity > 0 ||
    labels > 0 ||
    wishes > 0 ||
    TO_AN_ASSISTANT.test(text) ||
    ELSEWHERE.assistant.test(text) ||
    FURTHER.assistant.test(text);
  return (
    identity +
    Math.min(addressed ? MOST_ORDERS : 2, orders + wishes + toSay) +
    labels +
    about +
    (identity > 0 ? head : 0)
  );
}

/** From this score on a text is taken for a prompt. */
const PROMPT_LIKE = 3;

/** What a text about prompts puts in quotation marks to show what one is; not what it says of its own. */
const EXAMPLE =
  /(?<!\b(?:my|mine|own|given)\b[^.!?\n]{0,60})\b(?:such as|for example|for instance|e\.g\.|(?:texts?|sentences?|things|phrases?|lines?) like|zum Beispiel|par exemple|por ejemplo),?:?\s{1,2}["“„«][^"”“»\n]{5,400}["”»]/gi;

/** A sentence in which the speaker keeps something back: it has the words of instructions, and hands none on. */
const DECLINED =
  /(?<=^|[.!?\n]\s{0,4})[^.!?:\n]{0,120}?\b(?:I|we)(?:['’]m| am| are|['’]re)? (?:really |simply |just |also |therefore )?(?:cannot|can['’]?t|can not|do not|don['’]t|will not|won['’]t|would not|wouldn['’]t|may not|must not|never|not (?:able|allowed|permitted|authori[sz]ed|going|willing) to|unable to|(?:must |have to )?(?:decline|refuse) to|keep)\b(?: \w+){0,3}? ?(?:share|reveal|disclose|divulge|quote|show|give|repeat|discuss|print|provide|tell|hand|pass|help|mine|private|confidential|secret|to (?:my|our)sel(?:f|ves))\b[^.!?:\n]*(?:[.!?]|$)/gi;

/** Text in quotation marks within a text. */
const QUOTED = /["“„«][^"“”«»\n]{5,600}["”“»]/g;
/** How far ahead of a quotation the words are that announce it. */
const LEAD = 160;
/** What announces that a quotation is the speaker's own instructions, and no sample of what such texts say. */
const ANNOUNCED =
  /\b(?:my|mine|own|given|told|instructed|I|me|here|following|above|below|it (?:says|reads|begins|starts|goes)|the (?:\w+ ){0,3}(?:prompts?|messages?|instructions?|texts?|lines?|sentences?|rules?))\b/i;

/**
 * A text without what it says about prompts in general: examples, declining, and quotations of who somebody is that nothing
 * announces, where the text around them is what the reply has to say.
 */
function withoutTalkOfPrompts(text: string): string {
  const rest = text.replace(EXAMPLE, " ").replace(DECLINED, " ");
  if (rest.replace(QUOTED, "").length * 2 < rest.length) return rest;
  return rest.replace(QUOTED, (quotation, at: number) => {
    if (!IDENTITY.test(quotation) && !ELSEWHERE.identity.test(quotation)) return quotation;
    const lead = /[^.!?\n"“”„«»]*$/.exec(rest.slice(Math.max(0, at - LEAD), at))?.[0] ?? "";
    return ANNOUNCED.test(lead) ? quotation : " ";
  });
}

/** Whether a text reads like a prompt. */
export function readsLikeAPrompt(text: string): boolean {
  return instructionScore(withoutTalkOfPrompts(text)) >= PROMPT_LIKE;
}
