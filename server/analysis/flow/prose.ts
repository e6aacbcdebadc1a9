/**
 * Tells instructions for a model from a fixed label around someone's text: "Summarise this in two sentences:" against
 * "Question:". Works on the constant text of one prompt string, by sentence: how it begins, and what it asks for.
 */
import { HOLE } from "./sql-tokens.js";

/** Verbs that begin an order and are hardly ever the heading of a label. */
const VERBS = words(`
  summarize summarise translate explain describe paraphrase rephrase rewrite classify categorize categorise analyze analyse extract generate write create
  produce compose proofread simplify improve convert correct identify determine evaluate provide give respond suggest recommend compare consolidate
  complete continue ensure make use consider follow keep include avoid ignore assume imagine act pretend roleplay think solve calculate compute
  shorten expand parse decide detect predict refine select choose pick propose critique verify validate read tell speak talk discuss transform
  implement build develop fix debug optimize optimise add remove replace merge combine recall remember never always do don't dont be take find help
  infer interpret rank elaborate reformulate reword condense highlight brainstorm ask perform adapt adopt apply focus limit try start begin cite
  infer deduce derive enumerate sort solve synthesize synthesise represent craft condense transcribe transliterate fill please
  compile prepare draw revise diagnose assess greet enhance personalize personalise tailor recreate mention specify congratulate encourage teach simulate
  organize organise arrange conduct locate retrieve fetch advise assist define illustrate demonstrate conclude argue examine inspect investigate explore
  guess suppose emphasize emphasise curate devise assign allocate conjugate decompose restate polish refactor normalize normalise anonymize anonymise
  redact inform notify clarify justify prioritize prioritise customize customise recast introduce understand reflect assemble construct formulate narrate
  pinpoint distill distil rearrange enrich rework
  invent annotate apologize apologise persuade convince refute rebut criticize criticise visualize visualise disambiguate contextualize contextualise
  obey heed honor honour comply adhere remind prefer reject refuse recite lengthen
  tabulate itemize itemise hypothesize hypothesise reconstruct reimagine modernize modernise soften mimic imitate emulate impersonate reassure
  ubersetze fasse erstelle schreibe beantworte erklare analysiere antworte formuliere extrahiere generiere nenne verwende bewerte bitte verfasse gib
  identifiziere klassifiziere korrigiere vergleiche erzeuge berechne erlautere verbessere prufe entwickle wandle
  resumez reponds repondez traduis traduisez ecris ecrivez expliquez genere generez donnez utilise utilisez redige redigez
  analysez creez cree identifiez identifie proposez propose extrais extrayez corrigez evaluez evalue decris decrivez classez indiquez fournissez reformulez
  responde traduce escribe explica analiza proporciona dame haz actua clasifica utiliza redacta devuelve
  crea elabora evalua identifica indica extrae sugiere recomienda corrige reescribe contesta ofrece determina asegurate evita
  responda resuma traduza escreva gere analise atue classifique forneca crie retorne
  avalie identifique extraia explique sugira recomende indique elabore faca corrija reescreva descreva evite
  rispondi riassumi traduci scrivi spiega analizza agisci fornisci classifica restituisci
  estrai suggerisci correggi valuta elenca descrivi riscrivi
  beantwoord vertaal schrijf geef analyseer
`);

/** Verbs that are nouns as well: an order only with what they are to be done to. */
const NOUN_VERBS = words(`
  answer reply output plan design review comment format name search score tag label rate list code note query report test check draft outline edit
  research look show present map group judge grade estimate match quote return display call change state limit base set let put keep act update
  reason structure translate process resume genera donne vat leg sei liste
  schedule interview detail deliver offer share break point clean filter forecast count turn spot guide support stress flag mark measure segment cluster
  document scan quiz wrap route dispatch handle study author script phrase express abstract digest recap sketch coach mentor moderate motivate
`);

/** What follows such a verb when it is one. */
const OBJECTS = words(`
  the this that these those a an your my our their its his her it them me us with in only to if as all any each every no not exactly concisely briefly following
  today's tomorrow's somebody someone
  based using from for one two three at least most down out up into json yaml markdown valid just
  el la los las le les un una une os as il lo gli de der die das den het
`);

/** Beginnings of a label, however long it is: "Here is what the customer wrote:". */
const LABEL_STARTS = [
  "here is",
  "here's",
  "heres",
  "here are",
  "here comes",
  "the following",
  "below is",
  "below are",
  "this is",
  "these are",
  "the user",
  "user",
  "the customer",
  "customer",
  "current",
  "hier ist",
  "voici",
  "aqui esta",
  "ecco",
];

/** Turns of phrase that only instructions use. Looked for in lower case without accents. */
const PHRASES = [
  "you are a",
  "you are an",
  "you are the",
  "you are chatgpt",
  "you're a",
  "you are now",
  "you are given",
  "you will be given",
  "you will",
  "you must",
  "you should",
  "you can only",
  "you may",
  "you have access",
  "you have been",
  "your task",
  "your job",
  "your role",
  "your goal",
  "your name is",
  "your answer",
  "your response",
  "act as",
  "acting as",
  "as an expert",
  "as a helpful",
  "do not",
  "don't",
  "must not",
  "must be",
  "should be",
  "need you to",
  "want you to",
  "like you to",
  "can you",
  "could you",
  "would you",
  "will you",
  "please",
  "tell me",
  "give me",
  "in json",
  "as json",
  "json format",
  "json object",
  "json array",
  "in markdown",
  "sum up",
  "come up with",
  "break down",
  "step by step",
  "step-by-step",
  "no more than",
  "at most",
  "maximum of",
  "be concise",
  "answer the",
  "answer this",
  "to answer",
  "respond with",
  "respond in",
  "respond only",
  "reply with",
  "return only",
  "output only",
  "nothing else",
  "use the following",
  "using the following",
  "using only",
  "based only on",
  "without any commentary",
  "if you don't know",
  "if you do not know",
  "i don't know",
  "the assistant is",
  "the assistant should",
  "the ai should",
  "du bist",
  "sie sind ein",
  "deine aufgabe",
  "ihre aufgabe",
  "antworte ",
  "tu es ",
  "vous etes",
  "ta tache",
  "votre tache",
  "en tant que",
  "eres un",
  "tu tarea",
  "actua como",
  "voce e ",
  "sua tarefa",
  "sei un",
  "il tuo compito",
  "je bent",
  "jij bent",
  "u bent een",
  "jouw taak",
  "du ar en",
  "du ar ett",
  "du er en",
  "du er et",
  "din uppgift",
  "din opgave",
  "din oppgave",
  "jestes ",
  "twoim zadaniem",
  "odpowiedz ",
  "napisz ",
  "przet\u0142umacz",
  "jsi ",
  "tvym ukolem",
  "tvuj ukol",
  "esti un",
  "sarcina ta",
  "sen bir",
  "siz bir",
  "gorevin ",
  "lutfen",
  "anda adalah",
  "kamu adalah",
  "tugas anda",
  "tugasmu",
  "jawablah",
  "ban la ",
  "nhiem vu cua ban",
  "hay tra loi",
  "hay tom tat",
  "hay phan tich",
  "hay viet",
  "vui long",
  "popraw ",
  "podsumuj",
  "stresc ",
  "wygeneruj",
  "stworz ",
  "utworz ",
  "wypisz ",
  "przeanalizuj",
  "opisz ",
  "wyjasnij",
  "zaproponuj",
  "napis ",
  "odpovez",
  "preloz ",
  "shrn ",
  "vytvor ",
  "analyzuj ",
  "vysvetli",
  "skriv ",
  "svara ",
  "svar pa ",
  "besvara",
  "oversatt ",
  "oversett ",
  "oversaet ",
  "sammanfatta",
  "oppsummer",
  "opsummer",
  "forklara ",
  "forklar ",
  "kirjoita ",
  "vastaa ",
  "tiivista ",
  "kaanna ",
  "irj egy",
  "valaszolj",
  "foglald ossze",
  "forditsd",
  "te egy ",
  "scrie ",
  "raspunde",
  "rezuma ",
  "tradu ",
  "genereaza",
  "γραψε",
  "μεταφρασε",
  "συνοψισε",
  "εξηγησε",
  "buat ",
  "buatlah",
  "tuliskan",
  "terjemahkan",
  "ringkas",
  "jelaskan",
  "jawab ",
  "viet mot",
  "viet cho",
  "tom tat",
  "dich sang",
  "giai thich",
  "resume ce",
  "resume le",
  "resume la",
  "redige ",
  "reponds ",
  "traduis ",
  "ecris ",
  "genere ",
  "explique ",
  "ozetle",
  "cevapla",
  "yanitla",
  "cevir ",
  "acikla",
  "olustur",
  "εισαι ενας",
  "εισαι μια",
  "απαντησε",
  "ты -",
  "ты —",
  "ты эксперт",
  "вы -",
  "вы —",
  "твоя задача",
  "ваша задача",
  "ответь",
  "ответьте",
  "переведи",
  "напиши",
  "сделай",
  "проанализируй",
  "составь",
  "создай",
  "определи",
  "извлеки",
  "сгенерируй",
  "перечисли",
  "отвечай",
  "исправь",
  "объясни",
  "формат вывода",
  "ти -",
  "ти —",
  "твоє завдання",
  "відповідай",
  "انت مساعد",
  "انت خبير",
  "مهمتك",
  "اجب ",
  "من فضلك",
  "شما یک",
  "وظیفه شما",
  "لطفا",
  "你是",
  "您是",
  "请",
  "請",
  "根据以下",
  "根据下面",
  "根据上述",
  "告诉我",
  "跟我说",
  "给我讲",
  "帮我",
  "写一",
  "你的任务",
  "你需要",
  "翻译",
  "总结",
  "回答",
  "列出",
  "分析以下",
  "分析下面",
  "生成一",
  "提取",
  "不要",
  "あなたは",
  "ください",
  "しなさい",
  "答えて",
  "教えて",
  "당신은",
  "하세요",
  "해주세요",
  "하십시오",
  "해줘",
  "알려줘",
  "주세요",
  "आप एक",
  "आपका काम",
  "คณคอ",
  "กรณา",
].map(fold);

/** Tokens of prompt formats that open a system text. */
const FORMAT_MARKS = ["<<sys>>", "<|system|>", "<|im_start|>system", "<|start_header_id|>system"];

const QUESTION_WORDS = words(
  "what which who whom whose where when why how is are does do did can could would should will was were",
);

/** Words without a label's colon that a text needs before it counts as guidance, whatever it says. */
const GUIDANCE_WORDS = 24;
/** Texts longer than this are read up to here. */
const LONGEST = 20_000;

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}

/** Lower case without accents, so that one list serves all spellings. */
function fold(text: string): string {
  return text
    .replaceAll("ß", "ss")
    .replace(/[’‘]/g, "'")
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Mn}(?<![\u3099\u309a])/gu, "")
    .normalize("NFC");
}

/**
 * Whether the constant text around an interpolated value instructs a model.
 *
 * @param text the constant pieces of one prompt string, with {@link HOLE} (or a line break) where values stand
 * @returns false for an empty text, for fixed labels, delimiters and headings
 */
export function isInstruction(text: string): boolean {
  const known = told.get(text);
  if (known !== undefined) return known;
  const out = instructsSomewhere(text);
  if (told.size >= MOST_TOLD) told.clear();
  told.set(text, out);
  return out;
}

/** What was told of texts: one prompt is met again wherever it is handed on. */
const told = new Map<string, boolean>();
const MOST_TOLD = 2000;

function instructsSomewhere(text: string): boolean {
  const folded = fold(text.length > LONGEST ? text.slice(0, LONGEST) : text);
  if (FORMAT_MARKS.some((mark) => folded.includes(mark))) return true;
  let prose = 0;
  for (const sentence of sentences(folded)) {
    if (sentence.text.length === 0) continue;
    if (isLabel(sentence)) continue;
    if (instructs(sentence)) return true;
    prose += sentence.words.length;
  }
  return prose >= GUIDANCE_WORDS;
}

interface Sentence {
  text: string;
  words: string[];
  /** How it ends: `:`, `?`, `.`, a hole, or nothing. */
  end: string;
  /** Whether a value is put into it. */
  open: boolean;
}

const BETWEEN_SENTENCES = new RegExp(`(?<=[.!?:;。！？：])\\s+|(?<=[。！？：])|(?<=${HOLE})`);

function sentences(folded: string): Sentence[] {
  const plain = folded.replace(/<\/?[a-z][\w-]{0,40}>/g, "\n").replace(/```\w*/g, "\n");
  const found: Sentence[] = [];
  for (const line of plain.split(/[\n\r]+/)) {
    for (const part of line.split(BETWEEN_SENTENCES)) {
      const end = /[:?.!：？。！]["'*)]*\s*$/.exec(part)?.[0]?.[0] ?? (part.endsWith(HOLE) ? HOLE : "");
      const text = part
        .replaceAll(HOLE, " ")
        .replace(/^[^\p{L}]+/u, "")
        .trim();
      found.push({
        text,
        words: text.match(/[\p{L}\p{N}'-]+/gu) ?? [],
        end: end === "：" ? ":" : end,
        open: part.includes(HOLE),
      });
    }
  }
  return found;
}

/** What is called correct rather than corrected: "Correct answer:". */
const CORRECT_ONES = words("answer answers option options choice choices response solution solutions result results");

function isLabel({ text, words: list, end }: Sentence): boolean {
  if (LABEL_STARTS.some((start) => text.startsWith(start)) && (end === ":" || list.length <= 6)) {
    return !PHRASES.some((phrase) => text.includes(phrase));
  }
  if (end !== ":" || list.length > 2) return false;
  if (NOUN_VERBS.has(list[0] ?? "") && isManner(list[1] ?? "")) return false;
  if (VERBS.has(list[0] ?? "") && !(list[0] === "correct" && CORRECT_ONES.has(list[1] ?? ""))) return false;
  return !PHRASES.some((phrase) => text.includes(phrase));
}

function instructs(sentence: Sentence): boolean {
  const { text, words: list, end } = sentence;
  if (PHRASES.some((phrase) => holdsPhrase(text, phrase))) return true;
  if (end === "?" && list.length >= 4 && QUESTION_WORDS.has(list[0]!)) return true;
  if (casts(sentence)) return true;
  if (end === HOLE && list.length >= 2 && (list[0] === "what" || list[0] === "how" || list[0] === "why")) return true;
  for (const clause of text.split(/, | and | then | und | et | y | e /)) {
    const own = clause.match(/[\p{L}\p{N}'-]+/gu) ?? [];
    if (orders(own, end) || (end === "?" && own.length >= 4 && /^(?:what|which|how|why)$/.test(own[0]!))) return true;
  }
  return false;
}

/** What a page says to its reader, and no role. */
const TO_READERS = words("here logged welcome invited signed registered subscribed receiving unsubscribed right");

/** Gives the model a role: "You are kind.", "You are {persona}", "You translate into German." */
function casts({ text, words: list, end, open }: Sentence): boolean {
  const [first, verb = "", third] = list;
  if (first === "you're" || (first === "you" && verb === "are")) {
    const rest = first === "you" ? third : verb;
    return rest ? !TO_READERS.has(rest) : end === HOLE || text.includes("…");
  }
  return first === "you" && (third !== undefined || open) && end !== ":" && (VERBS.has(verb) || NOUN_VERBS.has(verb));
}

/** Whether a phrase stands in the text at the beginning of a word. */
function holdsPhrase(text: string, phrase: string): boolean {
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
    if (at === 0 || !/\p{L}/u.test(text[at - 1]!) || /[^\u0000-\u04ff]/.test(phrase)) return true;
  }
  return false;
}

const FILLERS = words("now also first then next finally and so ok okay just kindly");

function orders(list: readonly string[], end: string): boolean {
  let at = 0;
  while (at < list.length - 1 && FILLERS.has(list[at]!)) at++;
  const first = list[at];
  if (first === undefined) return false;
  const next = list[at + 1];
  if (VERBS.has(first)) return next !== undefined || end === ":" || end === HOLE;
  return NOUN_VERBS.has(first) && next !== undefined && (OBJECTS.has(next) || isManner(next));
}

/** Words that end like those of manner and say what or when: "Report weekly:", "Reply family". */
const NO_MANNER = words(`
  daily weekly biweekly monthly bimonthly yearly quarterly hourly nightly early family assembly anomaly supply reply july friendly likely unlikely elderly
  lovely lonely homily italy ugly holy jelly belly bully rally ally tally fly fully
`);

/** How something is to be done: "Answer politely: ...". */
const isManner = (word: string): boolean => word.length > 4 && word.endsWith("ly") && !NO_MANNER.has(word);
