export function ServingPage() { return <p>ServingPage</p> }
