"""Users: who people are, and how they prove it."""

from vectoricons.users.entity import Contributor, User
from vectoricons.users.repository import UserRepository
from vectoricons.users.service import UserService
from vectoricons.users.table import UserRow

__all__ = ["Contributor", "User", "UserRepository", "UserRow", "UserService"]
