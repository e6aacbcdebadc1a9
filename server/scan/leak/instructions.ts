/** Whether a text reads like instructions to an assistant. */

const IDENTITY =
  /\b(you are|you're|your name is|act as|you act as|you will act|the assistant is|this assistant is|you serve as|you work (for|as))\s+(?!welcome|right|correct|not\b|looking|asking|trying|interested|free|able|talking|chatting|speaking|using|logged)/i;
const ORDER =
  /(^|[.!?:;\n•*-]\s*|\d[.)]\s*)["'“]?(never|always|do not|don't|must|must not|(?:you|it|the assistant|this assistant|the (?:chat ?)?bot) (?:must|should|is to|does not|never|always)|you must|you should|you may|you can only|you will|only (answer|discuss|help|respond|talk|provide)|refuse|answer (only|politely|questions|in)|respond (only|in|with|politely|as)|be (polite|concise|helpful|friendly|brief|kind|professional)|keep (your|answers|replies|responses|it|this)|if (the|a) (user|customer|caller|person|visitor|student|patient|client)|when (the|a) (user|customer)|under no circumstances|your (task|role|job|goal|purpose) is|help (users|customers|the user)|use the (tool|following)|the (secret|internal|discount|admin|api|override|access) )/gim;

/** What orders to an assistant are about, and rules for people are not. */
const TO_AN_ASSISTANT =
  /\b(answer|respond|reply|replies|responses?|reveal|disclose|the (user|customer|caller|guest|visitor)s?|users|these instructions|assistant|chat ?bot|tone|persona|conversation)\b/i;

/** The same in German, Spanish, Portuguese, French, Italian, Dutch and Russian. */
const ELSEWHERE = {
  identity:
    /(?<!\p{L})(du bist|sie sind ein|(dein|ihr)e? (name|rolle|aufgabe) ist|eres|usted es|tu nombre es|você é|tu és|tu es|vous êtes|ton nom est|tu sei|sei (un|il|la|l['’])|jij bent|je bent|je naam is|ты [—-]|вы [—-]|твоё имя|тебя зовут|вас зовут)(?!\p{L})/iu,
  order:
    /(?:^|[.!?:;\n•*-]\s*|\d[.)]\s*)["'“„«]?(?:antworte|beantworte|erwähne|verrate|nenne|sprich|gib|sei|bleib|halte|verwende|lehne|du (?:darfst|sollst|musst|kannst)|niemals|immer|(?:wenn|wer|falls) |responde|contesta|no (?:menciones|reveles|des|hables|digas|compartas)|nunca|siempre|sé |debes|si (?:el|un|la|alguien) |responda|não (?:mencione|revele|fale|dê|diga)|sempre|seja|se (?:o|um|alguém) |réponds|répondez|ne (?:mentionne|révèle|parle|donne|divulgue|dis|partage)z?|jamais|toujours|sois|soyez|tu dois|vous devez|si (?:l['’]|un|le|la) ?|rispondi|non (?:menzionare|rivelare|parlare|dire|dare)|mai|sii|devi|se (?:l['’]|un|il) ?|antwoord|beantwoord|noem|vermeld|nooit|altijd|wees|je (?:mag|moet)|als (?:de|een|iemand) |отвечай|никогда не|не (?:упоминай|раскрывай|говори|называй|давай)|всегда|будь|если |ты должен|вы должны)/gimu,
  assistant:
    /(?<!\p{L})(antworte|beantworte|nutzer|benutzer|responde|contesta|usuario|responda|usuário|réponds|répondez|utilisateur|rispondi|utente|antwoord|beantwoord|gebruiker|отвечай|пользовател|assistent|asistente|assistant|assistente|помощник|ассистент)/iu,
};

/**
 * How much a text reads like orders to an assistant; from 3 on it is taken for a prompt. Orders alone, as recipes and rules
 * of a house have them, do not.
 */
export function instructionScore(text: string): number {
  const orders = Math.max([...text.matchAll(ORDER)].length, [...text.matchAll(ELSEWHERE.order)].length);
  const identity = IDENTITY.test(text) || ELSEWHERE.identity.test(text) ? 2 : 0;
  const labels =
    /\b(system prompt|my instructions|initial instructions|instructions (are|were|say)|i was told|i have been (told|instructed)|i['’]?m instructed)\b/i.test(
      text,
    )
      ? 1
      : 0;
  const addressed = identity > 0 || labels > 0 || TO_AN_ASSISTANT.test(text) || ELSEWHERE.assistant.test(text);
  return identity + Math.min(addressed ? 4 : 2, orders) + labels;
}
