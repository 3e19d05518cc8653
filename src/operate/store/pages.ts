// Searches to their end.

/** All pages of a search, each asked for with the token of the one before. */
export async function* everyPage<Page extends { readonly nextPageToken: string | undefined }>(
  search: (pageToken: string | undefined) => Promise<Page>,
): AsyncGenerator<Page> {
  let pageToken: string | undefined
  do {
    const page = await search(pageToken)
    yield page
    pageToken = page.nextPageToken
  } while (pageToken !== undefined)
}
