// Copies the address of the page. Where the browser gives no clipboard (a page over http from another machine), the
// address is selected in a field for Ctrl+C.

export default function ({ parentElement: root }) {
  const button = root.querySelector('button')
  const said = root.querySelector('span')
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(window.location.href)
      said.textContent = 'Copied'
    } catch {
      said.textContent = ''
      const field = document.createElement('input')
      field.value = window.location.href
      field.setAttribute('aria-label', 'Address of this view: press Ctrl+C')
      said.append(field)
      field.select()
    }
    setTimeout(() => { if (!said.firstElementChild) said.textContent = '' }, 2000)
  }
}
