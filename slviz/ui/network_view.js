// The network around a gene, drawn by Cytoscape.js, which another component puts into the page (globalThis.cytoscape).
// One click on a gene or an edge opens the pair, two move to the gene. Where a gene was dragged or pinned is kept as
// long as the page is open. All words of others are put in as text: labels lie on a canvas, hints by textContent.

const kept = new WeakMap()
const LOOK_EVERY_MS = 80

export default function (component) {
  const { parentElement } = component
  const view = kept.get(parentElement) ?? start(parentElement)
  view.component = component
  update(view)
  return () => stop(parentElement, view)
}

function start(root) {
  const view = { root, cy: null, timer: 0, stamp: '', layouts: new Map(), chosen: null, ink: '' }
  kept.set(root, view)
  for (const button of root.querySelectorAll('button[data-do]')) button.addEventListener('click', () => act(view, button.dataset.do))
  const area = root.querySelector('.area')
  area.addEventListener('keydown', (event) => key(view, event))
  view.resized = new ResizeObserver(() => view.cy?.resize())
  view.resized.observe(area)
  // The page scrolls in a box that Cytoscape.js cannot see from inside a component, so where it lies is read anew.
  for (const kind of ['pointerenter', 'pointerdown', 'pointermove', 'mousedown', 'touchstart', 'wheel']) area.addEventListener(kind, () => view.cy?.renderer().invalidateContainerClientCoordsCache?.(), { capture: true, passive: true })
  view.inkTimer = setInterval(() => { if (view.cy && inkOf(view) !== view.ink) dress(view) }, 1000)
  return view
}

function stop(root, view) {
  clearInterval(view.timer)
  clearInterval(view.inkTimer)
  view.resized.disconnect()
  for (const [name, cy] of globalThis.__slvizNetworks ?? []) if (cy === view.cy) globalThis.__slvizNetworks.delete(name)
  view.cy?.destroy()
  view.cy = null
  kept.delete(root)
}

function update(view) {
  if (!globalThis.cytoscape) {
    clearInterval(view.timer)
    view.timer = setInterval(() => { if (globalThis.cytoscape) { clearInterval(view.timer); update(view) } }, LOOK_EVERY_MS)
    return
  }
  const { data } = view.component
  view.root.querySelector('.area').setAttribute('aria-label', data.label)
  if (!view.cy) make(view)
  if (view.stamp !== data.stamp) fill(view)
  legend(view)
}

function make(view) {
  view.cy = globalThis.cytoscape({
    container: view.root.querySelector('.canvas'),
    minZoom: 0.15, maxZoom: 4, wheelSensitivity: 0.3, boxSelectionEnabled: false, hideEdgesOnViewport: false,
  })
  const { cy } = view
  cy.on('onetap', 'node', (event) => { choose(view, event.target); if (!event.target.data('centre')) tell(view, 'pair', event.target) })
  cy.on('dbltap', 'node', (event) => tell(view, 'move', event.target))
  cy.on('onetap', 'edge', (event) => {
    const ends = event.target.connectedNodes()
    hint(view, event.target)
    if (ends.some((node) => node.data('centre'))) tell(view, 'pair', ends.filter((node) => !node.data('centre'))[0])
  })
  cy.on('mouseover', 'node, edge', (event) => hint(view, event.target))
  cy.on('mouseout', 'node, edge', () => hint(view, view.chosen ? cy.getElementById(view.chosen) : null))
  cy.on('dragfree', 'node', (event) => remember(view, event.target))
  globalThis.__slvizNetworks = (globalThis.__slvizNetworks ?? new Map()).set(view.component.data.name, cy)
  dress(view)
}

// The same genes lie where they lay; new ones take the place that the server gives them.
function fill(view) {
  const { cy, component: { data } } = view
  view.stamp = data.stamp
  const places = view.layouts.get(data.name) ?? new Map()
  view.layouts.set(data.name, places)
  const same = view.name === data.name
  view.name = data.name
  cy.batch(() => {
    cy.elements().remove()
    cy.add(data.nodes.map((node) => ({ group: 'nodes', data: node, position: { ...(places.get(node.id)?.at ?? { x: node.x, y: node.y }) }, locked: places.get(node.id)?.pinned ?? false })))
    cy.add(data.edges.map((edge) => ({ group: 'edges', data: edge })))
  })
  cy.nodes().forEach((node) => { if (places.get(node.id())?.pinned) node.addClass('pinned') })
  if (!same || view.count !== data.nodes.length) cy.fit(undefined, 30)
  view.count = data.nodes.length
  view.chosen = data.chosen && cy.getElementById(data.chosen).length ? data.chosen : null
  if (view.chosen) cy.getElementById(view.chosen).addClass('chosen')
  hint(view, view.chosen ? cy.getElementById(view.chosen) : null)
}

function remember(view, node) {
  const places = view.layouts.get(view.name)
  places.set(node.id(), { at: { ...node.position() }, pinned: places.get(node.id())?.pinned ?? false })
}

function inkOf(view) {
  return getComputedStyle(view.root.querySelector('.area')).color
}

function dress(view) {
  const style = getComputedStyle(view.root.querySelector('.area'))
  view.ink = style.color
  const paper = style.backgroundColor
  view.cy.style([
    { selector: 'node', style: { 'background-color': 'data(colour)', shape: 'data(shape)', width: 'data(size)', height: 'data(size)', label: 'data(label)', color: view.ink, 'font-size': 13, 'font-family': style.fontFamily, 'text-valign': 'bottom', 'text-margin-y': 4, 'text-outline-width': 2.5, 'text-outline-color': paper, 'border-width': 1.5, 'border-color': paper, 'min-zoomed-font-size': 7 } },
    // Version 3.34.4 misses a diamond that is clicked exactly in its middle, below a corner.
    { selector: 'node[shape = "diamond"]', style: { shape: 'polygon', 'shape-polygon-points': '0.05 -1 1 0.05 -0.05 1 -1 -0.05' } },
    { selector: 'node[?centre]', style: { 'font-weight': 'bold', 'font-size': 16 } },
    { selector: 'node.chosen', style: { 'border-width': 4, 'border-color': view.ink } },
    { selector: 'node.pinned', style: { 'border-style': 'double', 'border-width': 5, 'border-color': view.ink } },
    { selector: 'edge', style: { width: 'data(width)', 'line-color': 'data(colour)', 'line-style': 'data(line)', 'curve-style': 'bezier', opacity: 'data(opacity)' } },
    { selector: 'edge[?path]', style: { 'line-color': view.ink, opacity: 1, width: 5, 'z-index': 9 } },
    { selector: '.faint', style: { opacity: 0.15 } },
  ]).update()
}

function choose(view, node) {
  view.cy.nodes('.chosen').removeClass('chosen')
  view.chosen = node ? node.id() : null
  node?.addClass('chosen')
  hint(view, node)
}

function tell(view, what, node) {
  view.component.setTriggerValue('done', { what, gene: node.data('gene') })
}

function act(view, what) {
  const { cy } = view
  if (!cy) return
  const node = view.chosen ? cy.getElementById(view.chosen) : null
  if (what === 'svg' || what === 'png') savePicture(view, what)
  else if (what === 'fit') cy.fit(undefined, 30)
  else if (what === 'nearer') cy.zoom({ level: cy.zoom() * 1.25, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } })
  else if (what === 'further') cy.zoom({ level: cy.zoom() / 1.25, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } })
  else if (what === 'rings') {
    view.layouts.set(view.name, new Map())
    cy.nodes().forEach((each) => { each.unlock().removeClass('pinned').position({ x: each.data('x'), y: each.data('y') }) })
    cy.fit(undefined, 30)
  } else if (what === 'force') {
    cy.layout({ name: 'cose', animate: false, randomize: false, numIter: cy.nodes().length > 120 ? 250 : 700, nodeRepulsion: 90000, idealEdgeLength: 110, padding: 30, stop: () => cy.nodes().forEach((each) => remember(view, each)) }).run()
  } else if (!node) hint(view, null, view.component.data.first)
  else if (what === 'pin') {
    const places = view.layouts.get(view.name)
    const pinned = !node.hasClass('pinned')
    node.toggleClass('pinned', pinned)
    if (pinned) node.lock()
    else node.unlock()
    places.set(node.id(), { at: { ...node.position() }, pinned })
    hint(view, node)
  } else if (what !== 'pair' || !node.data('centre')) tell(view, what, node)
}

const KEYS = { Enter: 'pair', m: 'move', e: 'expand', c: 'collapse', p: 'pin', w: 'path', f: 'fit', '+': 'nearer', '-': 'further' }

function key(view, event) {
  const { cy } = view
  if (!cy || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key.startsWith('Arrow')) {
    event.preventDefault()
    const nodes = cy.nodes()
    const at = view.chosen ? nodes.indexOf(cy.getElementById(view.chosen)) : -1
    const step = event.key === 'ArrowRight' || event.key === 'ArrowDown' ? 1 : -1
    const next = nodes[(at + step + nodes.length) % nodes.length]
    choose(view, next)
    const box = next.renderedPosition()
    if (box.x < 20 || box.y < 20 || box.x > cy.width() - 20 || box.y > cy.height() - 20) cy.center(next)
  } else if (event.key === 'Escape') choose(view, null)
  else if (KEYS[event.key]) {
    event.preventDefault()
    act(view, KEYS[event.key])
  }
}

function hint(view, element, text = '') {
  const place = view.root.querySelector('.hint')
  const lines = element?.length ? element.data('lines') ?? [] : text ? [text] : []
  place.replaceChildren(...lines.map((line, number) => made(number ? 'span' : 'b', line)))
}

function legend(view) {
  const { key: rows, mark } = view.component.data
  view.root.querySelector('.mark').textContent = mark
  view.root.querySelector('.legend').replaceChildren(...rows.map((row) => {
    const item = made('span', '')
    item.append(row.shape ? swatch(row) : line(row), document.createTextNode(row.label))
    return item
  }))
}

const SHAPES = {
  ellipse: '<circle cx="8" cy="8" r="6"/>',
  diamond: '<path d="M8 1 15 8 8 15 1 8z"/>',
  triangle: '<path d="M8 2 15 14 1 14z"/>',
  rectangle: '<path d="M2 3h12v10H2z"/>',
  star: '<path d="M8 1l2 5 5 .4-4 3.3 1.3 5L8 12l-4.3 2.7 1.3-5-4-3.3 5-.4z"/>',
}

function swatch(row) {
  const holder = document.createElement('i')
  holder.innerHTML = `<svg width="16" height="16" aria-hidden="true">${SHAPES[row.shape] ?? SHAPES.ellipse}</svg>`
  holder.firstChild.setAttribute('fill', row.colour)
  return holder
}

function line(row) {
  const holder = document.createElement('i')
  holder.className = 'line'
  holder.style.borderTop = `${row.width ?? 3}px ${row.line} ${row.colour}`
  return holder
}

function made(kind, text) {
  const element = document.createElement(kind)
  element.textContent = text
  return element
}
