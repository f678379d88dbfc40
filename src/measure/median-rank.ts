/**
 * The rank k of the confidence interval [x(k), x(n+1−k)] of the median of n values, for one more value at a time: that of
 * `medianInterval`, which sums the whole tail of the binomial distribution at every n.
 *
 * Source: Pascal's rule, P(Binomial(n + 1, ½) ≤ j) = P(Binomial(n, ½) ≤ j) − ½ P(Binomial(n, ½) = j).
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
