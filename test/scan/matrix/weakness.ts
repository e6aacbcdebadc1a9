import type { ScanOptionsInput } from "../../../server/scan/index.js";
import type { Certificates } from "../../targets/certificates.js";
import type { App, Shape } from "./app.js";

/** One way in which an application is spoilt, and what a scan of it must say. */
export interface Weakness {
  /** The finding that is planted. */
  id: string;
  /** What tells it from another planting of the same id. */
  how?: string;
  /** Findings that come with it because the same spoilt place shows them too. */
  also?: readonly string[];
  /** Names of the shapes in which it is planted; two or more. */
  shapes: readonly string[];
  options?: (certificates: Certificates, url: URL, shape: Shape) => Partial<ScanOptionsInput>;
  plant(app: App, certificates: Certificates): void;
}
