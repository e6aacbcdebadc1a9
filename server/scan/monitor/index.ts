/** Scans on a schedule, and alerts about what changed. */
export { type Alert, alertSchema, type Change } from "./alert.js";
export { CHANNEL_NAMES, type Channel, channelUrl } from "./channel.js";
export { deliverAll } from "./deliver.js";
export { Monitor, type MonitorOptions, type MonitorParts, type Round } from "./monitor.js";
export { startSchedule } from "./schedule.js";
