/** One operation of an API description, with its references resolved. */
export interface Operation {
  method: string;
  path: string;
  url: string;
  deprecated: boolean;
  /** True when the document says that credentials are needed. */
  secured: boolean;
  /** Property names of the JSON body, those required first. */
  bodyKeys: string[];
  /** Names of the documented properties of the success answer; null when the document does not say. */
  answerKeys: string[] | null;
  statuses: string[];
  tags: string[];
}
