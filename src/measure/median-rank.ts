/**
 * A distribution-free confidence interval of the median of n values, for one more value at a time: the order statistics x(k)
 * and x(n+1−k) with the largest rank k whose coverage 1 − 2·P(Binomial(n, ½) ≤ k − 1) is at least the level asked for. There
 * is none below 6 values at 95 %, because even the full range then covers less.
 *
 * Source: Conover, Practical Nonparametric Statistics, 3rd edition, section 3.2; and so that the tail is not summed anew for
 * every value P(Binomial(n + 1, ½) ≤ j) = P(Binomial(n, ½) ≤ j) − ½ P(Binomial(n, ½) = j).
 */
export class MedianRank {
  private n = 0;
  private k = 0;
  /** Of Binomial(n, ½) = k, and ≤ k. */
  private probability = 1;
  private below = 1;

  constructor(private readonly level: number) {}

  /** @returns the rank for one value more than before; 0 while there is no interval */
  next(): number {
    const tail = (1 - this.level) / 2;
    this.below -= this.probability / 2;
    this.n++;
    this.probability *= this.n / (2 * (this.n - this.k));
    while (this.below <= tail) {
      this.probability *= (this.n - this.k) / (this.k + 1);
      this.k++;
      this.below += this.probability;
    }
    return this.k;
  }
}
