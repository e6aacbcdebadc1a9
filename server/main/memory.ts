/** How much memory and time of the processor the process takes. */
import { setFlagsFromString } from "node:v8";
import { config } from "zod";

/**
 * For a scan, which waits most of its time while an endpoint decides how much it is sent: memory is worth more than the
 * processor's time. Does nothing where the engine no longer takes these settings.
 */
export function keepMemorySmall(): void {
  // The heap is collected before it has grown by a tenth of what is in use.
  setFlagsFromString("--heap-growing-percent=10");
  // What is young stays where it is: its space would grow to 32 MB. (Its largest size cannot be set any more by now.)
  setFlagsFromString("--semi-space-growth-factor=1");
  // Optimising the HTTP parser's WebAssembly takes some 25 MB, and parsing a hundred answers is quick without.
  setFlagsFromString("--wasm-tiering-budget=2000000000");
  // A scan reads next to nothing twice against the same schema: code made for it takes longer than reading without.
  config({ jitless: true });
}
