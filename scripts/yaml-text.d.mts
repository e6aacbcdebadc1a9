import type { Plugin } from "vitest/config";

export function textVitePlugin(): Plugin;
