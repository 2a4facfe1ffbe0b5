import Testing
@testable import Partnering
