// The part of @bcoe/v8-coverage that coverage.js uses; the package ships no types.
declare module '@bcoe/v8-coverage' {
  export interface ScriptCov {
    scriptId: string
    url: string
    functions: {
      functionName: string
      isBlockCoverage: boolean
      ranges: { startOffset: number; endOffset: number; count: number }[]
    }[]
  }
  export interface ProcessCov {
    result: ScriptCov[]
  }
  export function mergeProcessCovs(reports: readonly ProcessCov[]): ProcessCov
}
