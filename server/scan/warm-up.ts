import type { Detectors } from "./detect/index.js";
import { findingKinds } from "./findings.js";
import { judgeConsistent } from "./leak/leak.js";
import { findMarkers } from "./leak/markers.js";
import { isRefusal } from "./leak/refusal.js";

/** Has something of most kinds, so that what looks for them is compiled. */
const SAMPLE = 'I cannot help with that. Write to ann@example.com on Mon-Fri: {"total": 12.50}.';

/** Builds what every scan needs while the first answers are awaited, instead of between two requests. */
export function warmUp(detectors: Detectors): void {
  detectors.read(SAMPLE);
  findingKinds();
  findMarkers(SAMPLE, "");
  isRefusal(SAMPLE);
  judgeConsistent(
    [SAMPLE, `${SAMPLE} `].map((reply) => ({ request: "", reply, rest: "" })),
    [],
  );
}
