// A portal whose scripts come from another origin, such as a content delivery network.
const { check } = await import(new URLSearchParams(location.search).get('from'))

window.check = check
