import HTTPFormats
import HTTPTypes
import Hummingbird
import Logging

/// Answers what the layers below throw, counts requests, and writes one line for each: never what it said, only its route.
struct RequestLog: RouterMiddleware {
    typealias Context = ServiceContext

    let metrics: RequestMetrics

    /// What every answer says to browsers.
    private static let always: HTTPFields = [
        .xContentTypeOptions: "nosniff",
        .referrerPolicy: "no-referrer",
        .crossOriginResourcePolicy: "same-origin",
    ]

    func handle(
        _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let refusal = Refusal(answering: error)
            response = refusal.response
            if refusal.closesConnection {
                response.headers[.connection] = "close"
                let body = refusal.json.bytes
                response.body = ResponseBody(contentLength: body.count) { writer in
                    try await writer.write(ByteBuffer(bytes: body))
                    try await writer.finish(nil)
                    context.closeConnection()
                }
            }
            if refusal.status == .internalServerError { context.logger.error("\(refusal.error)") }
        }
        for field in Self.always { response.headers[field.name] = field.value }
        response.headers[.requestID] = context.requestID
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let route = context.endpointPath ?? "none"
        metrics.observe(route: route, method: request.method, status: response.status, seconds: seconds)
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method)", "route": "\(route)", "status": "\(response.status.code)",
                "seconds": "\(seconds)", "client": "\(context.client)",
            ])
        return response
    }
}
