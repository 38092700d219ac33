import Hummingbird
import StrictJSON

/// The page, and the description of the interface for programs.
enum PageRoutes {
    /// Nothing from elsewhere, nothing within the markup, and no page around it.
    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; \
        form-action 'none'; frame-ancestors 'none'
        """

    static func add(to router: Router<ServiceContext>) {
        let files: [(path: RouterPath, type: String, content: [UInt8])] = [
            ("/", "text/html; charset=utf-8", PackageResources.page_html),
            ("/page.css", "text/css; charset=utf-8", PackageResources.page_css),
            ("/page.js", "text/javascript; charset=utf-8", PackageResources.page_js),
            ("/openapi.json", "application/json", PackageResources.openapi_json),
        ]
        for (path, type, content) in files {
            router.get(path) { _, _ in
                var response = Response(bytes: content, type: type)
                response.headers[.contentSecurityPolicy] = policy
                return response
            }
        }
    }
}
