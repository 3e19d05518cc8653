export declare function runExamples(): Promise<readonly { name: string; fault: string | undefined }[]>
