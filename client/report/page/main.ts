/** Starts the report page, in the editor's webview or in the stand-alone file. */
import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-option/index.js";
import "@vscode-elements/elements/dist/vscode-single-select/index.js";
import "@vscode-elements/elements/dist/vscode-textfield/index.js";
import "uplot/dist/uPlot.min.css";
import "../../../media/report-theme.css";
import "../../../media/report.css";
import "../../../media/report-findings.css";
import "../../../media/report-more.css";
import "./trend-chart.js";
import "./untrusted.js";
import { exportFile } from "./exports.js";
import { findHost } from "./host.js";
import { ReportPage } from "./report-page.js";

/** Outside the editor the page takes on the system's theme, by the same classes that the editor sets. */
function followSystemTheme(): void {
  const queries = {
    dark: matchMedia("(prefers-color-scheme: dark)"),
    contrast: matchMedia("(prefers-contrast: more)"),
    print: matchMedia("print"),
  };
  const apply = () => {
    const dark = queries.dark.matches && !queries.print.matches;
    const contrast = queries.contrast.matches;
    document.body.classList.toggle("vscode-light", !dark && !contrast);
    document.body.classList.toggle("vscode-dark", dark && !contrast);
    document.body.classList.toggle("vscode-high-contrast", dark && contrast);
    document.body.classList.toggle("vscode-high-contrast-light", !dark && contrast);
  };
  document.documentElement.classList.add("standalone");
  for (const query of Object.values(queries)) query.addEventListener("change", apply);
  apply();
}

const host = findHost(exportFile);
if (!host.editor) followSystemTheme();
ReportPage.host = host;
customElements.define("spillcheck-report", ReportPage);
