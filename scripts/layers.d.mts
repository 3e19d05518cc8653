export declare function layerViolations(): string[]
export declare function judgeImport(from: string, specifier: string): string | undefined
