export declare function check(actual: unknown, answer: string): void
export declare function checkThrows(work: () => Promise<unknown>, answer: string): Promise<void>
