/**
 * What a scenario of the benchmark suite is: a name, and a run that gives a row for each contender. `scenarios/index.ts` lists
 * all of them, `main.ts` runs those that are asked for and writes what they give.
 */

/** How long is measured. */
export interface Effort {
  /** Interleaved rounds. With 0 nothing is loaded: each contender starts and answers once, as it must. */
  readonly rounds: number
  /** Seconds of a load, four of which are a round. */
  readonly seconds: number
}

/** The middle of several measurements, and their extremes. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** A measurement that has no column of its own. */
export interface Figure {
  readonly value: Spread
  /** What stands behind the number: `ms`, `MB`; nothing for a ratio. */
  readonly unit: string
}

/** A row of a scenario's table: what one contender took. What was not measured is left out. */
export interface Result {
  readonly contender: string
  /** CPU time of the floor (bare node:http that sends the same bytes) over that of the contender: 1 is the floor itself. */
  readonly ratio?: Spread
  /** Microseconds of CPU a request. */
  readonly cpu?: Spread
  /** The floor's microseconds of CPU a request. */
  readonly floor?: Spread
  /** Requests a second. */
  readonly rate?: Spread
  /** Milliseconds that half of the requests took at most. */
  readonly p50?: Spread
  /** Milliseconds that 99 of 100 requests took at most. */
  readonly p99?: Spread
  /** Resident memory after each load, in MB of 2^20 bytes. */
  readonly rss?: Spread
  /** What else was measured, by name; the names are columns of the table. */
  readonly figures?: Readonly<Record<string, Figure>>
  /** Rounds that were taken again, because the machine was noisy. */
  readonly retaken?: number
  /** Why there is no measurement: what the contender answered, or why it did not start. It fails the run. */
  readonly failure?: string
}

export type ScenarioName =
  'S1' | 'S2' | 'S3' | 'S4' | 'S5' | 'S6' | 'S7' | 'S8' | 'S9' | 'S10' | 'S11' | 'S12' | 'S13' | 'S14' | 'S15'

export interface Scenario {
  readonly name: ScenarioName
  /** What is measured, in a few words: the head of its table. */
  readonly title: string
  /** What Plugboard is to reach, in words. */
  readonly goal: string
  /**
   * Measures each contender that is wanted.
   *
   * @param wanted Whether a contender, by its name in the table, is to be measured.
   * @param report Is told each result as soon as it is there.
   */
  run(
    effort: Effort,
    wanted: (contender: string) => boolean,
    report?: (result: Result) => void,
  ): Promise<readonly Result[]>
}
