export function crossing(file: string, name: string): string | undefined;
export function crossings(): string[];
