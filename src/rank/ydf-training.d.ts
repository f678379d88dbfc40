/** The part of ydf-training that the second forest uses; the package ships no declarations. */
declare module "ydf-training" {
  interface YdfModel {
    describe(): string;
    unload(): void;
  }
  interface Ydf {
    RandomForestLearner: new (
      label: string,
      task: "REGRESSION",
    ) => { train(columns: Readonly<Record<string, number[]>>): YdfModel };
  }
  /** An Emscripten module factory. */
  function startYdf(options?: { print?: (line: string) => void; printErr?: (line: string) => void }): Promise<Ydf>;
  // biome-ignore lint/style/noDefaultExport: the package has one
  export default startYdf;
}
