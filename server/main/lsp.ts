/** Entry point of the language server: `dist/server.js --stdio`, or over the channel of the process that forked it. */
import { serve } from "../lsp/index.js";
import { languageServices } from "./languageServices.js";

serve(languageServices());
