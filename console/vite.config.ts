import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env['CHATDASH_URL'] ?? 'http://127.0.0.1:3000'

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  publicDir: false,
  build: {
    target: 'es2022',
    // The page's policy allows no data: URL and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What screens share is two files: forty would take most of the requests that the server allows an address in a second.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules\/(?!lean-qr)/, minShareCount: 2 },
            { name: 'shared', test: /console\/src\/(api|components|lib)\//, minShareCount: 2 },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      // The server takes writes from its own origin only.
      '^/console/(v1|session|sign-in)(/|\\?|$)': { target: server, changeOrigin: true, headers: { origin: server } },
      '/favicon.svg': server,
    },
  },
})
