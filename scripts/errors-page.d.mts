export function errorsPage(): Promise<string>
