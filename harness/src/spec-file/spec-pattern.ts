/** What a spec file is called. */
export const specPattern = '**/*.slung.yaml'
