// A search box with a list of matches below it, made on the server while a person types. Keyboard: arrows, Enter, Esc
// (the combobox pattern of ARIA). All words of others are put in as text.

const PAUSE_MS = 120
const kept = new WeakMap()

export default function (component) {
  const { parentElement } = component
  const box = kept.get(parentElement) ?? start(parentElement)
  box.component = component
  dress(box)
  show(box)
  return () => kept.delete(parentElement)
}

function start(root) {
  const box = { root, active: -1, open: false, wanted: false, timer: 0, given: undefined }
  box.input = root.querySelector('input')
  box.list = root.querySelector('.matches')
  box.note = root.querySelector('.note')
  box.clear = root.querySelector('.clear')
  box.title = root.querySelector('.title')
  box.input.addEventListener('input', () => typed(box))
  box.input.addEventListener('keydown', (event) => key(box, event))
  box.input.addEventListener('focus', () => { if (box.input.value !== box.given) { box.open = true; show(box) } box.input.select() })
  box.input.addEventListener('blur', () => setTimeout(() => { box.open = false; show(box) }, 150))
  box.clear.addEventListener('click', () => { box.input.value = ''; choose(box, { text: '' }) })
  kept.set(root, box)
  return box
}

// What the server says the box is for, and the gene that is shown, unless somebody is typing.
function dress(box) {
  const { label, placeholder, given, clears, title } = box.component.data
  box.title.textContent = title
  box.title.hidden = !title
  box.input.setAttribute('aria-label', label)
  box.input.placeholder = placeholder
  if (given !== box.given) {
    box.given = given
    box.input.value = given
    box.open = false
  }
  box.clear.hidden = !clears || !box.input.value
}

function typed(box) {
  box.open = true
  box.active = -1
  box.wanted = false
  box.clear.hidden = !box.component.data.clears || !box.input.value
  clearTimeout(box.timer)
  box.timer = setTimeout(() => box.component.setStateValue('typed', box.input.value.trim()), PAUSE_MS)
  show(box)
}

function current(box) {
  const { typed: of, matches } = box.component.data
  return of === box.input.value.trim() ? matches : null
}

function key(box, event) {
  const matches = current(box) ?? []
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault()
    const step = event.key === 'ArrowDown' ? 1 : -1
    box.open = true
    if (matches.length) box.active = (box.active + step + matches.length + (box.active < 0 && step < 0 ? 1 : 0)) % matches.length
    show(box)
  } else if (event.key === 'Enter') {
    event.preventDefault()
    box.wanted = true
    show(box)
  } else if (event.key === 'Escape') {
    box.open = false
    box.input.value = box.given ?? ''
    show(box)
  }
}

function choose(box, what) {
  box.open = false
  box.wanted = false
  clearTimeout(box.timer)
  box.component.setTriggerValue('chosen', what)
  box.input.value = box.given ?? ''
  show(box)
}

function show(box) {
  const matches = current(box)
  const typed = box.input.value.trim()
  if (box.wanted && typed && matches) { // Enter may come before the matches do
    choose(box, matches.length ? { gene: matches[Math.max(box.active, 0)].gene } : { text: typed })
    return
  }
  const open = box.open && Boolean(typed) && matches !== null
  box.list.hidden = !open || !matches.length
  box.note.hidden = !open || Boolean(matches.length)
  box.note.textContent = open && !matches.length ? box.component.data.none : ''
  box.input.setAttribute('aria-expanded', String(!box.list.hidden))
  box.list.replaceChildren(...(open ? matches : []).map((match, number) => row(box, match, number)))
  if (box.active >= 0 && open) box.input.setAttribute('aria-activedescendant', `match-${box.active}`)
  else box.input.removeAttribute('aria-activedescendant')
}

function row(box, match, number) {
  const item = made('li', '')
  item.id = `match-${number}`
  item.setAttribute('role', 'option')
  item.setAttribute('aria-selected', String(number === box.active))
  const first = made('div', 'first')
  first.append(made('b', 'symbol', match.symbol), made('span', 'how', match.how))
  item.append(first, made('div', 'name', [match.partners, match.name].filter(Boolean).join(' · ')))
  item.addEventListener('mousedown', (event) => { event.preventDefault(); choose(box, { gene: match.gene }) })
  return item
}

function made(kind, name, text = '') {
  const element = document.createElement(kind)
  if (name) element.className = name
  element.textContent = text
  return element
}
