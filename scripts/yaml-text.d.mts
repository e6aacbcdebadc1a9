import type { Plugin } from "vitest/config";

export function yamlText(): Plugin;
