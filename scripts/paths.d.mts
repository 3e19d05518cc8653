export declare const root: string
export declare const cacheFolder: string
export declare function filesUnder(folder: string): string[]
