export function ensurePython(module: string, name: string): { python: string } | { missing: string };
export function ensureFlask(): { python: string } | { missing: string };
