export function ensureDjango(): { python: string } | { missing: string };
