/** What the parts of the page share: the report, the state and what they can ask for. */
import type { ReportData } from "../../../server/report/scan-report-data.js";
import type { ScanFinding } from "../../../server/scan/result.js";
import type { PageMessage, PageState } from "../protocol.js";
import type { Host } from "./host.js";

export interface Context {
  readonly data: ReportData;
  readonly findings: readonly ScanFinding[];
  readonly state: PageState;
  readonly host: Host;
  /** True while the page is drawn for the printer: everything is open and nothing is filtered. */
  readonly printing: boolean;
  /** Changes the state, draws again and keeps it for a reload. */
  change(change: Partial<PageState>): void;
  /** Opens or closes a finding. */
  toggle(finding: ScanFinding, open: boolean): void;
  /** Takes the filters away if they hide it, opens a finding and moves the focus to it. */
  reveal(finding: ScanFinding): void;
  /** Moves the focus to a section's heading. */
  goTo(section: string): void;
  /** Sends a message to the host and says its answer. */
  post(message: PageMessage): void;
}
