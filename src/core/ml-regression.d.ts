/** The part of ml-regression that the fits use; the package ships no declarations. */
declare module "ml-regression" {
  export class MultivariateLinearRegression {
    constructor(x: number[][], y: number[][], options?: { intercept?: boolean; statistics?: boolean });
    /** One row per term, one column per output. */
    readonly weights: number[][];
  }
  export class TheilSenRegression {
    constructor(x: number[], y: number[]);
    readonly slope: number;
    readonly intercept: number;
  }
}
