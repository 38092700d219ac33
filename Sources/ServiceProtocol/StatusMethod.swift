import DocumentService
import PERKModel
import StrictJSON

extension Method {
    /// `server/status`: what is being served.
    static func status(service: any DocumentAnswering) -> Method {
        Method(parameters: []) { _ in
            try JSONValue(service.status())
        }
    }
}
