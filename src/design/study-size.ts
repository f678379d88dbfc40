/** The input size of the study: what is shown, planned and taken for a dataset's where nothing else says one. */
export const STUDY_SIZE_PX = 224;
