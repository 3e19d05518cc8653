export declare function instrument(code: string): string
